begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The first day of the period that p_date falls into, in a report from p_from to p_to: a day,
-- in reports of 100 days and more a week, of two years and more a month.
create function bookingdb.report_bin(p_date date, p_from date, p_to date)
returns date
language sql
immutable
begin atomic
  select greatest(p_from, date_trunc(
           case when p_to - p_from < 100 then 'day'
                when p_to - p_from < 730 then 'week'
                else 'month'
           end, p_date::timestamp)::date);
end;
comment on function bookingdb.report_bin is 'The first day of the period of a report that a date falls into.';

commit;
