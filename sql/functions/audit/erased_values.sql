begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- A booking's values without what is personal: `[erased]` where there was a text, so that it
-- shows; NULL for what tells requests apart, and for columns that were added.
create function bookingdb.erased_values(p_values jsonb)
returns jsonb
language sql
immutable
begin atomic
  select p_values || (
    select jsonb_object_agg(v.key, case
        when v.value = 'null' then null
        when v.key = 'customer_email' then 'erased@erased.invalid'
        when v.key in ('customer_name', 'customer_phone', 'notes', 'cancel_reason') then '[erased]'
      end)
      from jsonb_each(bookingdb.personal_values(p_values)) v);
end;
comment on function bookingdb.erased_values is 'A booking''s values without what is personal.';

commit;
