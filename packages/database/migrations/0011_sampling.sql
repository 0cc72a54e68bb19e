ALTER TABLE "policy_signals" ADD COLUMN "lane" text;--> statement-breakpoint
ALTER TABLE "policy_signals" ADD COLUMN "label" text;--> statement-breakpoint
ALTER TABLE "policy_signals" ADD COLUMN "score" double precision;--> statement-breakpoint
ALTER TABLE "policy_signals" ADD COLUMN "shadow" boolean;