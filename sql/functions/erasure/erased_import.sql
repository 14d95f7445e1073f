begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A row of the quarantine without what is personal: the request, the detail, and why it was
-- discarded. It is decided on: nobody can adopt it any more. NULL for NULL.
create function bookingdb.erased_import(p_values jsonb)
returns jsonb
language sql
immutable
begin atomic
  select p_values || jsonb_build_object(
    'request', case jsonb_typeof(p_values -> 'request')
      when 'object' then coalesce(bookingdb.erased_values(p_values -> 'request'),
                                  p_values -> 'request')
      else '"[erased]"' end,
    'detail', '[erased]',
    'resolution', case
      when p_values ->> 'resolution' = 'adopted' or p_values ->> 'resolved_at' is null
        then p_values ->> 'resolution'
      else '[erased]' end);
end;
comment on function bookingdb.erased_import is 'A row of the quarantine without what is personal.';

commit;
