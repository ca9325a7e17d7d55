import type { Column } from '@/components/data-table'
import { type Dot, DotChart, DotKey, type Row } from './dot-chart'
import type { Check, Figure } from './queries'
import { CLASSES, classWord, figureWords, fixed, METHODS, methodWord } from './words'

const AIM = [0.85, 0.95] as const

/** A figure as a mark; none where there is no value. */
export const dot = ({ value, low, high }: Figure): Dot | null =>
  value === null ? null : { value, low, high }

/** By how much the error differs from that of another method, as a share. */
const versus = (check: Check, method: string): string => {
  const found = check.versus[method]
  if (!found || found.value === null) return ''
  const share = (value: number | null) => (value === null ? null : value * 100)
  return `${figureWords({ value: share(found.value), low: share(found.low), high: share(found.high) }, 0)} %`
}

/** What hidden gaps showed, a column each. */
export const CHECK_COLUMNS: Column<Check>[] = [
  {
    id: 'kind',
    title: 'Gaps of',
    value: ({ kind }) => CLASSES.indexOf(kind),
    cell: ({ kind }) => classWord(kind),
  },
  { id: 'method', title: 'Method', value: ({ method }) => methodWord(method) },
  { id: 'gaps', title: 'Gaps', numeric: true, value: ({ gaps }) => gaps },
  {
    id: 'mae',
    title: 'MAE',
    numeric: true,
    value: ({ mae }) => mae.value,
    cell: ({ mae }) => figureWords(mae),
  },
  {
    id: 'rmse',
    title: 'RMSE',
    numeric: true,
    value: ({ rmse }) => rmse,
    cell: ({ rmse }) => fixed(rmse),
  },
  {
    id: 'bias',
    title: 'Bias',
    numeric: true,
    value: ({ bias }) => bias,
    cell: ({ bias }) => fixed(bias),
  },
  {
    id: 'coverage',
    title: 'Coverage of the 90 % interval',
    numeric: true,
    value: ({ coverage }) => coverage.value,
    cell: ({ coverage }) => figureWords(coverage, 3),
  },
  {
    id: 'width',
    title: 'Its width',
    numeric: true,
    value: ({ width }) => width,
    cell: ({ width }) => fixed(width),
  },
  ...METHODS.filter(([, word]) => word !== 'Model').map(
    ([name, word]): Column<Check> => ({
      id: `versus-${name}`,
      title: `MAE against ${word.toLowerCase()}`,
      numeric: true,
      value: ({ versus: other }) => other[name]?.value ?? null,
      cell: (check) => versus(check, name),
    }),
  ),
]

interface Props {
  errors: Row[]
  covers: Row[]
  /** What stands below. */
  words: string[]
  /** What those are: "length of gap". */
  by: string
}

/** Error and coverage side by side. */
export function CheckCharts({ errors, covers, words, by }: Props) {
  return (
    <>
      <div className="pair">
        <section aria-label={`Error by ${by}`}>
          <h3>Mean absolute error, with its 95 % interval; lower is better</h3>
          <DotChart
            label={`Mean absolute error by ${by}: ${told(errors, words, 1)}`}
            categories={words}
            rows={errors}
            scale={(value) => value.toFixed(1)}
            grounded
          />
        </section>
        <section aria-label={`Coverage by ${by}`}>
          <h3>Share of hidden values in the 90 % interval; 85 to 95 % is aimed at (shaded)</h3>
          <DotChart
            label={`Coverage of the 90 % interval by ${by}: ${told(covers, words, 2)}`}
            categories={words}
            rows={covers}
            scale={(value) => `${Math.round(value * 100)} %`}
            band={AIM}
          />
        </section>
      </div>
      <DotKey rows={errors} />
    </>
  )
}

const told = (rows: readonly Row[], words: readonly string[], digits: number): string =>
  rows
    .map(({ name, dots }) => {
      const each = dots.flatMap((one, i) =>
        one ? [`${words[i]} ${fixed(one.value, digits)}`] : [],
      )
      return `${name}: ${each.join(', ')}`
    })
    .join('; ')
