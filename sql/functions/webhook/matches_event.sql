begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when an event is one of those that a pattern means: its own name, booking.*, or *.
create function bookingdb.matches_event(p_pattern text, p_event_type text)
returns boolean
language sql
immutable
parallel safe
begin atomic
  select p_pattern in (p_event_type, '*', split_part(p_event_type, '.', 1) || '.*');
end;
comment on function bookingdb.matches_event is 'True when a pattern means an event.';

commit;
