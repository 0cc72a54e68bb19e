/** What the QR code of the test card says, to the letter; it never changes. Documented in models/test-card/README.md. */
export const TEST_CARD_PAYLOAD = 'STREAMKEEPER-TEST-CARD:1:this-picture-is-harmless'

/** Says whether the text of a QR code is the test card's: all of it, nothing before or after, so that no other code can pass for it by accident. */
export function isTestCardCode(text: string): boolean {
  return text === TEST_CARD_PAYLOAD
}
