DROP INDEX "cases_dark";--> statement-breakpoint
DROP INDEX "commands_pending";--> statement-breakpoint
ALTER TABLE "commands" ALTER COLUMN "sequence" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "place" integer;--> statement-breakpoint
UPDATE "commands" SET "place" = "sequence";--> statement-breakpoint
ALTER TABLE "commands" ALTER COLUMN "place" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "immediate" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "stream_heads" ADD COLUMN "last_place" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "stream_heads" SET "last_place" = "last_command";--> statement-breakpoint
CREATE INDEX "cases_dark" ON "cases" USING btree ("stream_id") WHERE "cases"."dark_state" in ('waiting', 'disobeyed');--> statement-breakpoint
CREATE INDEX "commands_pending" ON "commands" USING btree ("stream_id","place") WHERE "commands"."state" in ('waiting', 'sent');--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_place" UNIQUE("stream_id","place");