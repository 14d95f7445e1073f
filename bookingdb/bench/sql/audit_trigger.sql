-- What the audit trigger of 2ndQuadrant does (https://github.com/2ndQuadrant/audit-trigger, known
-- from the PostgreSQL wiki), written anew for this comparison: the same columns and indexes of the
-- log, and in its trigger the same steps: who, when, from where and by which query, the row as
-- hstore, and of an update the fields that changed. In a schema of its own; statement triggers and
-- columns to leave out are left out.
create extension if not exists hstore;
create schema audit_trigger;

create table audit_trigger.logged_actions (
  event_id bigserial primary key,
  schema_name text not null,
  table_name text not null,
  relid oid not null,
  session_user_name text,
  action_tstamp_tx timestamptz not null,
  action_tstamp_stm timestamptz not null,
  action_tstamp_clk timestamptz not null,
  transaction_id bigint,
  application_name text,
  client_addr inet,
  client_port int,
  client_query text,
  action text not null check (action in ('I', 'D', 'U', 'T')),
  row_data hstore,
  changed_fields hstore,
  statement_only boolean not null
);
create index on audit_trigger.logged_actions (relid);
create index on audit_trigger.logged_actions (action_tstamp_stm);
create index on audit_trigger.logged_actions (action);

create function audit_trigger.log_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_row audit_trigger.logged_actions;
begin
  v_row := row(
    nextval('audit_trigger.logged_actions_event_id_seq'), tg_table_schema::text,
    tg_table_name::text, tg_relid, session_user::text, current_timestamp, statement_timestamp(),
    clock_timestamp(), txid_current(), current_setting('application_name'), inet_client_addr(),
    inet_client_port(), current_query(), substring(tg_op, 1, 1), null, null, false);
  if tg_op = 'UPDATE' then
    v_row.row_data := hstore(old.*);
    v_row.changed_fields := hstore(new.*) - v_row.row_data;
    if v_row.changed_fields = hstore('') then
      return null;
    end if;
  elsif tg_op = 'DELETE' then
    v_row.row_data := hstore(old.*);
  else
    v_row.row_data := hstore(new.*);
  end if;
  insert into audit_trigger.logged_actions values (v_row.*);
  return null;
end $$;
