import type { TFunction } from 'i18next'

/** The word for a code of an open set (a label, a reason, an engine); a code without a word stands for itself. */
export function translateCode(t: TFunction, group: string, code: string): string {
  return t(`${group}.${code}`, { defaultValue: code })
}
