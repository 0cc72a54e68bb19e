/** Bytes that the media of one segment may have, however it comes. */
export const largestMedia = 16 * 1024 * 1024
