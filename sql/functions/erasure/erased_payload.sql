begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The bytes of an event about a booking without what is personal, for one whose audit row was
-- dropped with its month, so that booking_payload() cannot write it anew.
create function bookingdb.erased_payload(p_payload bytea)
returns bytea
language sql
immutable
begin atomic
  select convert_to((
           e.event || coalesce(bookingdb.erased_values(  -- Make.com has the booking twice
             e.event - '{type,timestamp,data,version}'::text[]), '{}')
           || jsonb_build_object('data', e.event -> 'data' || jsonb_build_object(
             'booking', coalesce(bookingdb.erased_values(e.event #> '{data,booking}'),
                                 e.event #> '{data,booking}'),
             'previous', coalesce(bookingdb.erased_values(e.event #> '{data,previous}'),
                                  e.event #> '{data,previous}'),
             'actor', (
               select jsonb_object_agg(a.key, case
                        when a.value = 'null' or a.key = 'performed_by' then a.value
                        when a.key = 'reason' then '"[erased]"'
                        when e.event #>> '{data,actor,performed_by}' <> 'customer' then a.value
                        when a.key <> 'ip_address' then '"[erased]"' end)
                 from jsonb_each(e.event #> '{data,actor}') a)))
         )::text, 'UTF8')
    from (select convert_from(p_payload, 'UTF8')::jsonb as event) e;
end;
comment on function bookingdb.erased_payload is 'The bytes of an event about a booking without what is personal.';

commit;
