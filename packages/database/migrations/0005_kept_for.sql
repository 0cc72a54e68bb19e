CREATE TABLE "archive_streams" (
	"object_key" text NOT NULL,
	"stream_id" text NOT NULL,
	"kind" text NOT NULL,
	"counted_from" timestamp (3) with time zone NOT NULL,
	"counted_class" text,
	"counted_end" timestamp (3) with time zone,
	CONSTRAINT "archive_streams_object_key_stream_id_pk" PRIMARY KEY("object_key","stream_id")
);
--> statement-breakpoint
ALTER TABLE "staged_batches" ADD COLUMN "stream_ids" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
CREATE INDEX "archive_streams_open" ON "archive_streams" USING btree ("stream_id") WHERE "archive_streams"."counted_end" is null;