import type { Role } from '@streamkeeper/contracts'

/** Who may look. */
export const everybody: readonly Role[] = ['moderator', 'lead', 'auditor', 'admin']
/** Who may decide: an auditor never changes anything. */
export const reviewers: readonly Role[] = ['moderator', 'lead', 'admin']
/** Who may take back what somebody else decided. */
export const leads: readonly Role[] = ['lead', 'admin']
