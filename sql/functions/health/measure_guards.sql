begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Triggers and constraints that are missing or switched off.
create function bookingdb.measure_guards()
returns bookingdb.health_reading
language sql
stable
begin atomic
  select (
           count(*),
           case count(*) when 0 then 'All triggers and constraints are in force.'
             else format('Triggers and constraints that are missing or switched off: %s, such as %s of %s.',
                         count(*), min(g.detail), min(g.object)) end,
           'bookingdb check lists them; alter table ... enable trigger all switches triggers on again;'
           ' then bookingdb check tells what was written meanwhile.',
           null)::bookingdb.health_reading
    from bookingdb.missing_guards() g;
end;
comment on function bookingdb.measure_guards is 'Triggers and constraints that are missing or switched off.';

commit;
