DROP INDEX "commands_due";--> statement-breakpoint
ALTER TABLE "seal_plans" ALTER COLUMN "plan" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "case_signals" ALTER COLUMN "data" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "cases" ALTER COLUMN "labels" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "commands" ALTER COLUMN "data" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "decisions" ALTER COLUMN "reason" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "decisions" ALTER COLUMN "decided_by" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "outbox" ALTER COLUMN "event" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "policy_signals" ALTER COLUMN "data" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "accounts" ALTER COLUMN "licences" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "accounts" ALTER COLUMN "licences" SET DEFAULT '[]'::json;--> statement-breakpoint
ALTER TABLE "streams" ALTER COLUMN "tags" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "coverage" ALTER COLUMN "models" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "last_sequence" bigint DEFAULT -1 NOT NULL;--> statement-breakpoint
CREATE INDEX "archive_objects_stream" ON "archive_objects" USING btree ("stream_id","sealed_at");--> statement-breakpoint
CREATE INDEX "archive_objects_sealed" ON "archive_objects" USING btree ("sealed_at");--> statement-breakpoint
CREATE INDEX "staged_batches_last" ON "staged_batches" USING btree ("topic","partition","last_offset");--> statement-breakpoint
CREATE INDEX "staged_batches_spool" ON "staged_batches" USING btree ("spool_key");--> statement-breakpoint
CREATE INDEX "staged_batches_unswept" ON "staged_batches" USING btree ("staged_at") WHERE "staged_batches"."swept_at" is null;--> statement-breakpoint
CREATE INDEX "staged_segments_spool" ON "staged_segments" USING btree ("spool_key");--> statement-breakpoint
CREATE INDEX "staged_segments_unswept" ON "staged_segments" USING btree ("received_at") WHERE "staged_segments"."swept_at" is null;--> statement-breakpoint
CREATE INDEX "stream_windows_open" ON "stream_windows" USING btree ("closed_at") WHERE "stream_windows"."object_key" is null;--> statement-breakpoint
CREATE INDEX "cases_stream" ON "cases" USING btree ("stream_id");--> statement-breakpoint
CREATE INDEX "cases_account" ON "cases" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "cases_changed" ON "cases" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "cases_dark" ON "cases" USING btree ("stream_id") WHERE "cases"."dark_state" = 'waiting';--> statement-breakpoint
CREATE INDEX "commands_pending" ON "commands" USING btree ("stream_id","sequence") WHERE "commands"."state" in ('waiting', 'sent');--> statement-breakpoint
CREATE INDEX "commands_running" ON "commands" USING btree ("reverts_at") WHERE "commands"."provisional" = 'running';--> statement-breakpoint
CREATE INDEX "commands_case" ON "commands" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "commands_decision" ON "commands" USING btree ("decision_id");--> statement-breakpoint
CREATE INDEX "outbox_published" ON "outbox" USING btree ("published_at");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "streams_open_window" ON "streams" USING btree ("state") WHERE "streams"."window_open";--> statement-breakpoint
CREATE INDEX "streams_with_hole" ON "streams" USING btree ("stream_id") WHERE "streams"."last_sequence" > "streams"."next_sequence";--> statement-breakpoint
CREATE INDEX "coverage_cause" ON "coverage" USING btree ("stream_id","cause");--> statement-breakpoint
CREATE INDEX "commands_due" ON "commands" USING btree ("next_attempt_at") WHERE "commands"."state" in ('waiting', 'sent');