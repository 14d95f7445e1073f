begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises the error p_code of error_catalog(), with the figures in DETAIL.
-- p_subject: what the message goes on with after a colon, such as the name of an argument.
create function bookingdb.fail(p_code text, p_detail text, p_subject text default null)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error record;
begin
  select e.message, e.hint
    into strict v_error
    from bookingdb.error_catalog() e
   where e.code = p_code;
  raise exception using
    errcode = p_code,
    message = concat_ws(': ', v_error.message, p_subject),
    detail = coalesce(p_detail, ''),
    hint = v_error.hint;
end $$;
comment on function bookingdb.fail is 'Raises an error of error_catalog().';

commit;
