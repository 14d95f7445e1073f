-- Lets pg_cron (1.4 or later) do the maintenance: a job for each task, each minute, in a
-- transaction of its own; maintain() knows which are due. Webhooks need `bookingdb dispatch`.
-- Run it by psql, in the database that cron.database_name names, as who may call maintain().
-- Where bookingdb is in another database, say in which:
--
--   psql --dbname postgres --variable database=shop --file deploy/pg_cron.sql
--
-- To run it again changes nothing. `select cron.unschedule(jobname) from cron.job where jobname
-- like 'bookingdb %'` ends it.
\set ON_ERROR_STOP on
\if :{?database}
\else
  \set database :DBNAME
\endif

create extension if not exists pg_cron;

select cron.schedule_in_database(
         'bookingdb ' || task,
         '* * * * *',
         format('select * from bookingdb.maintain(%L)', array[task]),
         :'database')
  from unnest(array[
         'integrity', 'overbooking', 'seals', 'slots_ahead', 'expired_holds', 'audit_partitions',
         'retention'
       ]) as task;

-- pg_cron keeps what it ran for ever.
select cron.schedule(
         'bookingdb job_run_details',
         '0 3 * * *',
         $$delete from cron.job_run_details
            where command like '%bookingdb.maintain(%' and end_time < now() - interval '7 days'$$);
