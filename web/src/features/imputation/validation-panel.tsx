import { NativeSelect } from '@mantine/core'
import { useMemo } from 'react'
import type { Column } from '@/components/data-table'
import { type Dot, DotChart, DotKey, type Row } from './dot-chart'
import { FigurePanel, type Tabled } from './figure-panel'
import type { Check, Figure, Report } from './queries'
import { Verdicts } from './verdicts'
import {
  CLASSES,
  classWord,
  figureWords,
  fixed,
  METHODS,
  methodWord,
  SETTINGS,
  type Setting,
  settingOf,
} from './words'

interface Props extends Tabled {
  report: Report
  setting: Setting
  onSetting: (setting: Setting) => void
}

const AIM = [0.85, 0.95] as const

const dot = ({ value, low, high }: Figure): Dot | null =>
  value === null ? null : { value, low, high }

/** One figure of every method, class by class. */
function rowsOf(checks: readonly Check[], kinds: readonly string[], of: (check: Check) => Figure) {
  return METHODS.flatMap(([name, word], slot): Row[] => {
    const dots = kinds.map((kind) => {
      const found = checks.find((check) => check.method === name && check.kind === kind)
      return found ? dot(of(found)) : null
    })
    return dots.some(Boolean) ? [{ name: word, slot, dots }] : []
  })
}

/** By how much the error differs from that of another method, as a share. */
const versus = (check: Check, method: string): string => {
  const found = check.versus[method]
  if (!found || found.value === null) return ''
  const share = (value: number | null) => (value === null ? null : value * 100)
  return `${figureWords({ value: share(found.value), low: share(found.low), high: share(found.high) }, 0)} %`
}

const COLUMNS: Column<Check>[] = [
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

function finding(verdicts: Report['verdicts']): string {
  if (verdicts.length === 0) return 'Of this metric there is no validation.'
  const may = verdicts.filter(({ state }) => state === 'released' || state === 'widened')
  const told = may.map(({ kind }) => classWord(kind)).join(', ')
  const unknown = verdicts.filter(({ state }) => state === 'not_validated').length
  return [
    may.length > 0 ? `Released: gaps of ${told}.` : 'No length of gap is released by validation.',
    unknown > 0
      ? `${unknown} of ${verdicts.length} could not be validated: too few hidden gaps.`
      : '',
  ]
    .filter(Boolean)
    .join(' ')
}

/** What hiding measured stretches and filling them showed, against plain baselines. */
export function ValidationPanel({ report, setting, onSetting, ...tabled }: Props) {
  const { verdicts, validation } = report
  const held = SETTINGS.filter(([name]) => validation.some((check) => settingOf(check) === name))
  const shown = held.some(([name]) => name === setting) ? setting : (held[0]?.[0] ?? setting)
  const checks = useMemo(
    () => validation.filter((check) => settingOf(check) === shown),
    [validation, shown],
  )
  const kinds = CLASSES.filter((kind) => checks.some((check) => check.kind === kind))
  const errors = useMemo(() => rowsOf(checks, kinds, ({ mae }) => mae), [checks, kinds])
  const covers = useMemo(() => rowsOf(checks, kinds, ({ coverage }) => coverage), [checks, kinds])
  const said = finding(verdicts)
  const words = kinds.map(classWord)
  return (
    <FigurePanel
      title="Validation"
      unit="measured stretches hidden, filled and compared"
      finding={said}
      rows={checks}
      rowKey={({ kind, method }) => `${kind} ${method}`}
      columns={COLUMNS}
      {...tabled}
    >
      {verdicts.length > 0 && <Verdicts verdicts={verdicts} />}
      {checks.length > 0 && (
        <>
          <NativeSelect
            label="Hidden gaps"
            mb="sm"
            maw="22rem"
            value={shown}
            data={held.map(([value, label]) => ({ value, label }))}
            onChange={({ currentTarget: { value } }) => onSetting(value as Setting)}
          />
          <div className="pair">
            <section aria-label="Error by length of gap">
              <h3>Mean absolute error, with its 95 % interval; lower is better</h3>
              <DotChart
                label={`Mean absolute error by length of gap: ${told(errors, words, 1)}`}
                categories={words}
                rows={errors}
                scale={(value) => value.toFixed(1)}
                grounded
              />
            </section>
            <section aria-label="Coverage by length of gap">
              <h3>Share of hidden values in the 90 % interval; 85 to 95 % is aimed at (shaded)</h3>
              <DotChart
                label={`Coverage of the 90 % interval by length of gap: ${told(covers, words, 2)}`}
                categories={words}
                rows={covers}
                scale={(value) => `${Math.round(value * 100)} %`}
                band={AIM}
              />
            </section>
          </div>
          <DotKey rows={errors} />
          <p className="chart-key">
            A length is released where the model&rsquo;s error is at most 1.02 times that of the
            better of line and median, and its interval covers 85 to 95 %; gaps that pose as
            non-wear decide.
          </p>
        </>
      )}
    </FigurePanel>
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
