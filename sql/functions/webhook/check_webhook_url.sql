begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 for what is no http or https URL, or has a user, a fragment, or blanks. Which
-- addresses may be dialled is the dispatcher's to judge, when it dials.
create function bookingdb.check_webhook_url(p_url text)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_url !~ '^https?://[^[:space:][:cntrl:]/?#@\\]+([/?][^[:space:][:cntrl:]#\\]*)?$'
     or char_length(p_url) > 2000 then
    perform bookingdb.fail(
      'ZB012', format('Must be https://HOST/PATH without user, fragment or blanks, not %L.', left(p_url, 100)),
      'p_url');
  end if;
end $$;
comment on function bookingdb.check_webhook_url is 'Raises ZB012 for what is no URL of a webhook.';

commit;
