begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- All that is kept of the customer with this e-mail, whatever its case: all that
-- erase_customer() would take, and where else the e-mail stands (mentions). Of a booking that
-- changed hands what is about him.
-- Returns an object: customer_email, exported_at, business, bookings (with the waiting list),
-- changes (the audit log), deliveries (with payload and attempts), quarantine,
-- quarantine_changes (the log of settings), mentions. Raises ZB012.
create function bookingdb.export_customer(
  p_email text,
  p_business_id uuid default bookingdb.default_business_id()
)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  v_business text := (bookingdb.get_business(p_business_id)).name;
  v_ids uuid[];
  v_imports uuid[];
begin
  perform bookingdb.check_email(p_email);
  v_ids := bookingdb.bookings_of_customer(p_email, p_business_id);
  v_imports := bookingdb.imports_of_customer(p_email, p_business_id);
  return jsonb_build_object(
    'customer_email', p_email,
    'exported_at', bookingdb.clock_now(),
    'business', v_business,
    'bookings', (
      select coalesce(jsonb_agg(to_jsonb(b) order by b.date, b.time, b.booking_id), '[]')
        from bookingdb.bookings b
       where b.business_id = p_business_id
         and b.booking_id = any (v_ids)
         and coalesce(lower(b.customer_email) = lower(p_email), true)),
    'changes', (
      select coalesce(jsonb_agg(to_jsonb(l) order by l.booking_id, l.booking_version), '[]')
        from bookingdb.changes_shown_to(v_ids, p_email, p_business_id) l),
    'deliveries', bookingdb.export_deliveries(v_ids, p_email, p_business_id),
    'quarantine', (
      select coalesce(jsonb_agg(to_jsonb(q) order by q.source, q.row_number), '[]')
        from bookingdb.booking_quarantine q
       where q.business_id = p_business_id
         and q.quarantine_id = any (v_imports)
         and lower(q.request ->> 'customer_email') = lower(p_email)),
    'quarantine_changes', (
      select coalesce(jsonb_agg(to_jsonb(l) order by l.created_at), '[]')
        from bookingdb.settings_of_imports(v_imports, p_email, p_business_id) l),
    'mentions', (
      select coalesce(jsonb_object_agg(m.table_name, m.mention_count), '{}')
        from bookingdb.mentions_of(p_email, p_business_id) m));
end $$;
comment on function bookingdb.export_customer is 'All that is kept of a customer.';

commit;
