export { createCrowds, type Crowds } from './crowds.js'
export { createEntryHits, type EntryHits } from './entry-hits.js'
export { createMarks, type Marks, type MarksOptions } from './marks.js'
