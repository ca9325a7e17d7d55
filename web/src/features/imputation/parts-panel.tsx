import { NativeSelect } from '@mantine/core'
import { useMemo } from 'react'
import type { Column } from '@/components/data-table'
import { CHECK_COLUMNS, CheckCharts, dot } from './checks'
import type { Row } from './dot-chart'
import { FigurePanel, type Tabled } from './figure-panel'
import type { Check, Figure, Report } from './queries'
import { CLASSES, classWord, fixed, type Setting, settingOf } from './words'

interface Props extends Tabled {
  report: Report
  setting: Setting
  apart: string
  onApart: (apart: string) => void
}

interface Part extends Check {
  part: string
}

const WAYS = [
  ['hours', 'day and night'],
  ['activity', 'rest and activity'],
  ['people', 'participant'],
] as const

const WORDS: Record<string, string> = {
  day: 'By day',
  night: 'At night',
  rest: 'At rest',
  active: 'Active',
}

const PARTS: Record<string, readonly string[]> = {
  hours: ['day', 'night'],
  activity: ['rest', 'active'],
}

const COLUMNS: Column<Part>[] = [
  { id: 'part', title: 'Part', value: ({ part }) => part },
  ...CHECK_COLUMNS.filter(({ id }) => id !== 'method'),
]

function partsOf({ strata, by_participant: people }: Report, way: string): Part[] {
  if (way === 'people') return people.map((one) => ({ ...one, part: one.participant }))
  return strata
    .filter(({ stratum }) => PARTS[way]?.includes(stratum))
    .map((one) => ({ ...one, part: WORDS[one.stratum] ?? one.stratum }))
}

/** Strata by length of gap; participants beside each other, all lengths together. */
function drawn(parts: readonly Part[], way: string) {
  const kinds = CLASSES.filter((kind) => parts.some((one) => one.kind === kind))
  const names = [...new Set(parts.map(({ part }) => part))]
  const at = (name: string, kind: string, of: (check: Check) => Figure) => {
    const found = parts.find((one) => one.part === name && one.kind === kind)
    return found ? dot(of(found)) : null
  }
  const rows = (of: (check: Check) => Figure): Row[] =>
    way === 'people'
      ? [{ name: 'Model, all lengths', slot: 0, dots: names.map((name) => at(name, 'all', of)) }]
      : names.map((name, slot) => ({ name, slot, dots: kinds.map((kind) => at(name, kind, of)) }))
  return {
    words: way === 'people' ? names : kinds.map(classWord),
    errors: rows(({ mae }) => mae),
    covers: rows(({ coverage }) => coverage),
  }
}

/** Who or what is covered least, all lengths together. */
function finding(parts: readonly Part[], way: string): string {
  const known = parts.flatMap(({ part, kind, coverage: { value } }) =>
    kind === 'all' && value !== null ? [{ part, value }] : [],
  )
  const least = known.toSorted((a, b) => a.value - b.value)[0]
  if (!least) return 'Of this run nothing is kept by part.'
  const word = way === 'people' ? least.part : least.part.toLowerCase()
  return `Least covered: ${word} (${fixed(least.value * 100, 1)} % of the hidden values).`
}

/** How well hidden gaps were filled by day and night, at rest and active, and of each participant. */
export function PartsPanel({ report, setting, apart, onApart, ...tabled }: Props) {
  const ways = WAYS.filter(([way]) => partsOf(report, way).length > 0)
  const way = ways.find(([name]) => name === apart)?.[0] ?? ways[0]?.[0] ?? 'hours'
  const parts = useMemo(
    () => partsOf(report, way).filter((one) => settingOf(one) === setting),
    [report, way, setting],
  )
  const { words, errors, covers } = useMemo(() => drawn(parts, way), [parts, way])
  if (ways.length === 0) return null
  return (
    <FigurePanel
      title="The model, taken apart"
      unit="the hidden gaps of the validation, some at a time"
      finding={finding(parts, way)}
      rows={parts}
      rowKey={({ part, kind }) => `${part} ${kind}`}
      columns={COLUMNS}
      {...tabled}
    >
      <NativeSelect
        label="Taken apart by"
        mb="sm"
        maw="22rem"
        value={way}
        data={ways.map(([value, label]) => ({ value, label }))}
        onChange={({ currentTarget: { value } }) => onApart(value)}
      />
      {parts.length > 0 && (
        <CheckCharts
          errors={errors}
          covers={covers}
          words={words}
          by={way === 'people' ? 'participant' : 'length of gap'}
        />
      )}
      <p className="chart-key">
        An average hides where intervals hold less. A gap is active with more steps a minute than
        the middle gap of its length, at night if it begins before 06:00.
      </p>
    </FigurePanel>
  )
}
