import { NativeSelect } from '@mantine/core'
import { useMemo } from 'react'
import { CHECK_COLUMNS, CheckCharts, dot } from './checks'
import type { Row } from './dot-chart'
import { FigurePanel, type Tabled } from './figure-panel'
import type { Check, Figure, Report } from './queries'
import { Verdicts } from './verdicts'
import { CLASSES, classWord, METHODS, SETTINGS, type Setting, settingOf } from './words'

interface Props extends Tabled {
  report: Report
  setting: Setting
  onSetting: (setting: Setting) => void
}

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
      columns={CHECK_COLUMNS}
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
          <CheckCharts errors={errors} covers={covers} words={words} by="length of gap" />
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
