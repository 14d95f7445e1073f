begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Notes that staff waived policies of the business: the audit rows of the running call say so.
-- p_outer: what begin_actor() returned. Returns what end_actor() is to be given instead.
create function bookingdb.waive(p_outer text, p_policies text[])
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before text := coalesce(current_setting('bookingdb.call_actor', true), '');
begin
  perform set_config(
    'bookingdb.call_actor',
    (to_jsonb(bookingdb.current_actor())
     || jsonb_build_object('waived', bookingdb.current_waiver() || p_policies))::text,
    true);
  return coalesce(p_outer, v_before);
end $$;
comment on function bookingdb.waive is 'Notes that staff waived policies of the business.';

commit;
