export { buildBank, buildBankAside, type Bank, type BankMatch, type PictureMatch } from './bank.js'
export type { BankEntry, BankList, BankProblem } from './bank-entry.js'
export { hashPicture, lowestQuality, type HashedPicture, type HashPair } from './hash-picture.js'
export { parseBankCsv, parseBankCsvAside } from './parse-bank-csv.js'
