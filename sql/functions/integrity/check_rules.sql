begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Rules that are none of ours: a rule can swallow a write, or make another of it. bookingdb has
-- none but those that make a view a view.
create function bookingdb.check_rules()
returns table (
  severity bookingdb.severity, check_name text, object text, detail text, remedy text
)
language sql
stable
begin atomic
  select 'critical'::bookingdb.severity, 'rule_added', w.ev_class::regclass::text,
         format('rule %I', w.rulename),
         format('drop rule %I on %s', w.rulename, w.ev_class::regclass)
    from pg_catalog.pg_rewrite w
    join pg_catalog.pg_class c on c.oid = w.ev_class
   where c.relnamespace = 'bookingdb'::regnamespace
     and w.rulename <> '_RETURN';
end;
comment on function bookingdb.check_rules is 'Rules that are none of ours.';

commit;
