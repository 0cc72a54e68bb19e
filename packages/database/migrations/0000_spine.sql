CREATE TABLE "archive_objects" (
	"object_key" text PRIMARY KEY NOT NULL,
	"version_id" text NOT NULL,
	"kind" text NOT NULL,
	"stream_id" text,
	"topic" text,
	"sha256" text NOT NULL,
	"content_sha256" text NOT NULL,
	"size" bigint NOT NULL,
	"retain_until" timestamp (3) with time zone NOT NULL,
	"mode" text NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "seal_plans" (
	"object_key" text PRIMARY KEY NOT NULL,
	"plan" jsonb NOT NULL,
	"planned_at" timestamp (3) with time zone NOT NULL,
	"sealed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "staged_batches" (
	"topic" text NOT NULL,
	"partition" integer NOT NULL,
	"first_offset" bigint NOT NULL,
	"last_offset" bigint NOT NULL,
	"records" integer NOT NULL,
	"sha256" text NOT NULL,
	"size" integer NOT NULL,
	"spool_key" text NOT NULL,
	"broker_first_at" timestamp (3) with time zone NOT NULL,
	"broker_last_at" timestamp (3) with time zone NOT NULL,
	"staged_at" timestamp (3) with time zone NOT NULL,
	"object_key" text,
	"swept_at" timestamp (3) with time zone,
	CONSTRAINT "staged_batches_topic_partition_first_offset_pk" PRIMARY KEY("topic","partition","first_offset")
);
--> statement-breakpoint
CREATE TABLE "staged_segments" (
	"stream_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"partition" integer NOT NULL,
	"offset" bigint NOT NULL,
	"spool_key" text NOT NULL,
	"sha256" text NOT NULL,
	"size" integer NOT NULL,
	"media_type" text NOT NULL,
	"stream_time_ms" bigint NOT NULL,
	"duration_ms" integer NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"broker_at" timestamp (3) with time zone NOT NULL,
	"object_key" text,
	"swept_at" timestamp (3) with time zone,
	CONSTRAINT "staged_segments_stream_id_sequence_pk" PRIMARY KEY("stream_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "stream_windows" (
	"stream_id" text NOT NULL,
	"index" integer NOT NULL,
	"partition" integer NOT NULL,
	"up_to_offset" bigint NOT NULL,
	"reason" text NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	"object_key" text,
	CONSTRAINT "stream_windows_stream_id_index_pk" PRIMARY KEY("stream_id","index")
);
--> statement-breakpoint
CREATE TABLE "case_signals" (
	"seq" bigserial NOT NULL,
	"case_id" text NOT NULL,
	"signal_id" text NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "case_signals_signal_id_pk" PRIMARY KEY("signal_id")
);
--> statement-breakpoint
CREATE TABLE "cases" (
	"case_id" text PRIMARY KEY NOT NULL,
	"stream_id" text NOT NULL,
	"account_id" text NOT NULL,
	"title" text NOT NULL,
	"class" text NOT NULL,
	"state" text NOT NULL,
	"tier" text NOT NULL,
	"severity" integer NOT NULL,
	"priority" double precision NOT NULL,
	"labels" jsonb NOT NULL,
	"viewers" integer NOT NULL,
	"live" boolean NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"deadline_at" timestamp (3) with time zone NOT NULL,
	"version" integer NOT NULL,
	"claimed_by" text,
	"lease_token" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"cut_command_id" text,
	"cut_acked_at" timestamp (3) with time zone,
	"dark_state" text DEFAULT 'none' NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"command_id" text PRIMARY KEY NOT NULL,
	"stream_id" text NOT NULL,
	"sequence" integer NOT NULL,
	"case_id" text NOT NULL,
	"decision_id" text,
	"action" text NOT NULL,
	"data" jsonb NOT NULL,
	"state" text NOT NULL,
	"not_before" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"ack_result" text,
	"acked_at" timestamp (3) with time zone,
	"acked_broker_at" timestamp (3) with time zone,
	"provisional" text,
	"reverts_at" timestamp (3) with time zone,
	"revert_cap_at" timestamp (3) with time zone,
	CONSTRAINT "commands_sequence" UNIQUE("stream_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"decision_id" text PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"stream_id" text NOT NULL,
	"seen_through_seq" bigint NOT NULL,
	"action" text NOT NULL,
	"reason" jsonb NOT NULL,
	"decided_by" jsonb NOT NULL,
	"decided_at" timestamp (3) with time zone NOT NULL,
	"undo_until" timestamp (3) with time zone,
	"undone_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"key" text NOT NULL,
	"seq" bigint NOT NULL,
	"event" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"published_at" timestamp (3) with time zone,
	CONSTRAINT "outbox_key_seq_pk" PRIMARY KEY("key","seq")
);
--> statement-breakpoint
CREATE TABLE "policy_signals" (
	"signal_id" text PRIMARY KEY NOT NULL,
	"stream_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "policy_streams" (
	"stream_id" text PRIMARY KEY NOT NULL,
	"account_id" text DEFAULT 'unknown' NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"class" text DEFAULT 'other' NOT NULL,
	"viewers" integer DEFAULT 0 NOT NULL,
	"live" boolean DEFAULT true NOT NULL,
	"last_media_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "rule_firings" (
	"stream_id" text NOT NULL,
	"rule_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"case_id" text NOT NULL,
	CONSTRAINT "rule_firings_stream_id_rule_id_at_pk" PRIMARY KEY("stream_id","rule_id","at")
);
--> statement-breakpoint
CREATE TABLE "stream_heads" (
	"stream_id" text PRIMARY KEY NOT NULL,
	"last_command" integer DEFAULT 0 NOT NULL,
	"last_outbox" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "access_log" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"what" text NOT NULL,
	"reason" text NOT NULL,
	"case_id" text,
	"stream_id" text,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"csrf" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"username" text PRIMARY KEY NOT NULL,
	"role" text NOT NULL,
	"password_hash" text NOT NULL,
	"disabled" boolean DEFAULT false NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"account_id" text PRIMARY KEY NOT NULL,
	"real_name" text NOT NULL,
	"age_band" text,
	"guardian_consent" boolean,
	"licences" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"identity_key" text,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"blacklisted" boolean DEFAULT false NOT NULL,
	"blacklist_reason" text
);
--> statement-breakpoint
CREATE TABLE "stream_segments" (
	"stream_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"sha256" text NOT NULL,
	"size" integer NOT NULL,
	"stream_time_ms" bigint NOT NULL,
	"duration_ms" integer NOT NULL,
	"media_type" text NOT NULL,
	"spool_key" text NOT NULL,
	"origin_topic" text NOT NULL,
	"origin_partition" integer NOT NULL,
	"origin_offset" bigint NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "stream_segments_stream_id_sequence_pk" PRIMARY KEY("stream_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "streams" (
	"stream_id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"title" text NOT NULL,
	"class" text NOT NULL,
	"nickname" text,
	"language" text,
	"region" text,
	"tags" jsonb,
	"room_id" text,
	"address" text,
	"port" integer,
	"state" text NOT NULL,
	"refused_code" text,
	"refused_message" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"end_broker_at" timestamp (3) with time zone,
	"end_reason" text,
	"viewers" integer DEFAULT 0 NOT NULL,
	"length_ms" bigint DEFAULT 0 NOT NULL,
	"next_sequence" bigint DEFAULT 0 NOT NULL,
	"last_record_at" timestamp (3) with time zone NOT NULL,
	"last_media_at" timestamp (3) with time zone,
	"window_index" integer DEFAULT 0 NOT NULL,
	"window_from_ms" bigint DEFAULT 0 NOT NULL,
	"window_open" boolean DEFAULT false NOT NULL,
	"origin_topic" text NOT NULL,
	"origin_partition" integer NOT NULL,
	"origin_offset" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "coverage" (
	"stream_id" text NOT NULL,
	"from_ms" bigint NOT NULL,
	"to_ms" bigint NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"detail" text,
	"cause" text NOT NULL,
	"pictures" integer DEFAULT 0 NOT NULL,
	"models" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "coverage_stream_id_from_ms_pk" PRIMARY KEY("stream_id","from_ms")
);
--> statement-breakpoint
CREATE INDEX "seal_plans_open" ON "seal_plans" USING btree ("sealed_at");--> statement-breakpoint
CREATE INDEX "staged_batches_object" ON "staged_batches" USING btree ("object_key");--> statement-breakpoint
CREATE INDEX "staged_segments_object" ON "staged_segments" USING btree ("object_key");--> statement-breakpoint
CREATE INDEX "case_signals_case" ON "case_signals" USING btree ("case_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "cases_one_open" ON "cases" USING btree ("stream_id") WHERE "cases"."state" in ('open', 'claimed');--> statement-breakpoint
CREATE INDEX "cases_queue" ON "cases" USING btree ("state","tier","priority");--> statement-breakpoint
CREATE INDEX "commands_due" ON "commands" USING btree ("state","next_attempt_at");--> statement-breakpoint
CREATE INDEX "decisions_case" ON "decisions" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "outbox" USING btree ("key","seq") WHERE "outbox"."published_at" is null;--> statement-breakpoint
CREATE INDEX "policy_signals_window" ON "policy_signals" USING btree ("stream_id","at");--> statement-breakpoint
CREATE INDEX "sessions_seen" ON "sessions" USING btree ("last_seen_at");--> statement-breakpoint
CREATE INDEX "streams_quiet" ON "streams" USING btree ("state","last_record_at");