ALTER TABLE "case_signals" ADD COLUMN "still" text;--> statement-breakpoint
ALTER TABLE "case_signals" ADD COLUMN "preview" text;--> statement-breakpoint
CREATE INDEX "case_signals_still" ON "case_signals" USING btree ("still");--> statement-breakpoint
CREATE INDEX "case_signals_preview" ON "case_signals" USING btree ("preview");--> statement-breakpoint
UPDATE "case_signals" SET
  "still" = substring("data"::text from '"still": ?\{"key": ?"([^"]+)"'),
  "preview" = substring("data"::text from '"preview": ?\{"key": ?"([^"]+)"');
