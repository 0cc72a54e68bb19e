DROP INDEX "streams_with_hole";--> statement-breakpoint
ALTER TABLE "streams" ADD COLUMN "has_hole" boolean GENERATED ALWAYS AS (last_sequence > next_sequence) STORED;--> statement-breakpoint
CREATE INDEX "streams_with_hole" ON "streams" USING btree ("stream_id") WHERE "streams"."has_hole";