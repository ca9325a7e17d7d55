import type { Comparison, ComparisonRow } from './queries'
import { several, VITALS, vitalText } from './words'

const where = (cohort: string) => (cohort ? `cohort ${cohort}` : 'all cohorts')

const toldOf = (row: ComparisonRow, unit: string) =>
  `${VITALS[row.vital]} of ${where(row.cohort)} (${vitalText(row.vital, row.after.value, unit)}, before ${vitalText(row.vital, row.before.value, unit)})`

const told = (rows: ComparisonRow[], unit: string) => {
  // What holds for all of them needs no list of those that it holds for.
  const inAll = new Set(rows.filter(({ cohort }) => !cohort).map(({ vital }) => vital))
  return rows
    .filter(({ cohort, vital }) => !cohort || !inAll.has(vital))
    .map((row) => toldOf(row, unit))
    .join('; ')
}

/** What a comparison of two releases says, in sentences. */
export function finding({ version, previous, rows }: Comparison, unit: string): string {
  const judged = rows.filter(({ verdict }) => verdict !== 'too few devices')
  const worse = rows.filter(({ verdict }) => verdict === 'worse')
  const better = rows.filter(({ verdict }) => verdict === 'better')
  if (judged.length === 0)
    return `Too few devices reported both ${previous} and ${version} to tell them apart.`
  const said = [
    worse.length > 0 && `${version} is worse than ${previous}: ${told(worse, unit)}.`,
    better.length > 0 && `${version} is better than ${previous}: ${told(better, unit)}.`,
    worse.length + better.length === 0 &&
      `No difference to be seen between ${version} and ${previous}.`,
    worse.length + better.length > 0 &&
      worse.length + better.length < judged.length &&
      `No difference to be seen in ${several(judged.length - worse.length - better.length, 'other comparison')}.`,
  ]
  return said.filter(Boolean).join(' ')
}
