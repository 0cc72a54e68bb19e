CREATE TABLE "held_messages" (
	"stream_id" text NOT NULL,
	"message_id" text NOT NULL,
	"account_id" text,
	"nickname" text,
	"text" text,
	"matches" json NOT NULL,
	"severity" integer NOT NULL,
	"fallback" text,
	"policy" json NOT NULL,
	"held_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"timeout_verdict" text NOT NULL,
	"state" text DEFAULT 'held' NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"published_at" timestamp (3) with time zone,
	CONSTRAINT "held_messages_stream_id_message_id_pk" PRIMARY KEY("stream_id","message_id")
);
--> statement-breakpoint
CREATE INDEX "held_waiting" ON "held_messages" USING btree ("held_at","stream_id","message_id") WHERE "held_messages"."state" = 'held';--> statement-breakpoint
CREATE INDEX "held_of_stream" ON "held_messages" USING btree ("stream_id","held_at","message_id") WHERE "held_messages"."state" = 'held';--> statement-breakpoint
CREATE INDEX "held_due" ON "held_messages" USING btree ("due_at") WHERE "held_messages"."state" = 'held';--> statement-breakpoint
CREATE INDEX "held_unpublished" ON "held_messages" USING btree ("decided_at") WHERE "held_messages"."state" <> 'held' and "held_messages"."published_at" is null;--> statement-breakpoint
CREATE INDEX "held_published" ON "held_messages" USING btree ("published_at");