export { createMarks, type Marks, type MarksOptions } from './marks.js'
