begin;

select 'bookingdb'::regnamespace;
select 1 / count(*) from pg_extension where extname = 'btree_gist';

commit;
