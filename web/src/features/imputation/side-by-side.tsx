import type { Column } from '@/components/data-table'
import { DotChart, DotKey } from './dot-chart'
import { FigurePanel, type Tabled } from './figure-panel'
import type { Comparison } from './queries'
import { COLUMNS, count, fates, fixed, STATISTICS } from './words'

type Pair = Comparison['statistics'][number]

const NAMES = Object.keys(COLUMNS)
const SHORT = ['observed', '+ dropouts', '+ non-wear']

const interval = ({ value, low, high }: Pair['one']) =>
  `${fixed(value)} (${fixed(low)} to ${fixed(high)})`

const tableOf = (one: string, other: string): Column<Pair>[] => [
  {
    id: 'statistic',
    title: 'Statistic',
    value: ({ statistic }) => STATISTICS[statistic] ?? statistic,
  },
  { id: 'column', title: 'Values', value: ({ column }) => COLUMNS[column] ?? column },
  {
    id: 'one',
    title: one,
    numeric: true,
    value: (row) => row.one.value,
    cell: (row) => interval(row.one),
  },
  {
    id: 'other',
    title: other,
    numeric: true,
    value: (row) => row.other.value,
    cell: (row) => interval(row.other),
  },
  {
    id: 'difference',
    title: 'Difference',
    numeric: true,
    value: ({ difference }) => difference,
    cell: ({ difference }) => fixed(difference, 3),
  },
]

/** Two runs side by side: what differs in how they were made, and in what they say. */
export function SideBySide({ comparison, ...tabled }: { comparison: Comparison } & Tabled) {
  const { runs, differing, participants, same_data: same, counts, statistics } = comparison
  const names = runs.map(({ id }) => `Run ${id}`)
  const [one = '', other = ''] = names
  const filled = counts.map((each) => count(fates(each).filled))
  const rows = [one, other].map((name, slot) => ({
    name,
    slot,
    dots: NAMES.map((column) => {
      const found = statistics.find((pair) => pair.statistic === 'mean' && pair.column === column)
      return found ? (slot === 0 ? found.one : found.other) : null
    }),
  }))
  const differs =
    differing.length > 0 ? `They differ in ${differing.join(', ')}.` : 'They were made alike.'
  return (
    <FigurePanel
      title={`${one} and ${other.toLowerCase()}`}
      finding={`${differs} Both filled ${participants} ${
        participants === 1 ? 'participant' : 'participants'
      }, ${same} of them from the same data: ${filled.join(' and ')} filled.`}
      rows={statistics}
      rowKey={({ statistic, column }) => `${statistic} ${column}`}
      columns={tableOf(one, other)}
      {...tabled}
    >
      {statistics.length > 0 && (
        <>
          <DotChart
            label={`Mean of both runs with 95 % intervals: ${rows
              .map(
                ({ name, dots }) => `${name}: ${dots.map((dot) => fixed(dot?.value)).join(', ')}`,
              )
              .join('; ')}`}
            categories={SHORT}
            rows={rows}
            scale={(value) => value.toFixed(1)}
            height={180}
          />
          <DotKey rows={rows} />
        </>
      )}
    </FigurePanel>
  )
}
