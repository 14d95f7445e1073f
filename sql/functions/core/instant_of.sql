begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The instant at which the clocks of p_zone show p_local: the first one if they show it twice
-- (autumn), NULL if they never do (spring).
--
-- AT TIME ZONE takes the second, and shifts what does not exist. So the instant by the offset
-- that held a day earlier is tried too, and each is kept only if the clock really shows it.
create function bookingdb.instant_of(p_local timestamp, p_zone text)
returns timestamptz
language sql
stable
parallel safe
begin atomic
  select case
    when e.early at time zone p_zone = p_local then e.early
    when e.late at time zone p_zone = p_local then e.late
  end
    from (
      select l.late,
             (p_local - ((l.late - interval '24 hours') at time zone p_zone
                         - (l.late - interval '24 hours') at time zone 'UTC')
             ) at time zone 'UTC' as early
        from (select p_local at time zone p_zone as late) l
    ) e;
end;
comment on function bookingdb.instant_of is 'The first instant at which the clocks of a time zone show a local time, or NULL.';

commit;
