begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The policies that the running call waived, as waive() noted them.
create function bookingdb.current_waiver()
returns text[]
language sql
stable
begin atomic
  select array(
    select jsonb_array_elements_text(
      nullif(current_setting('bookingdb.call_actor', true), '')::jsonb -> 'waived'));
end;
comment on function bookingdb.current_waiver is 'The policies that the running call waived.';

commit;
