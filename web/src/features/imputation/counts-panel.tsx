import { useMemo } from 'react'
import { Swatch } from '@/components/chart/patterns'
import type { Column } from '@/components/data-table'
import { FigurePanel, type Tabled } from './figure-panel'
import type { Report } from './queries'
import { count, type Fate, fates, percent, REASONS, unitOf } from './words'

interface Line {
  who: string
  fate: Fate
  why: string
  minutes: number
  share: number
}

const FATES: Record<Fate, string> = { measured: 'Measured', filled: 'Filled', refused: 'Refused' }

function linesOf(who: string, counts: Record<string, number>): Line[] {
  const total = Object.values(counts).reduce((sum, minutes) => sum + minutes, 0)
  return Object.entries(REASONS).flatMap(([why, { fate, word }]) => {
    const minutes = counts[why] ?? 0
    return minutes > 0 ? [{ who, fate, why: word, minutes, share: minutes / total }] : []
  })
}

/** What was filled, what was refused, and why: of everybody, and of each participant. */
export function CountsPanel({ report, ...tabled }: { report: Report } & Tabled) {
  const { counts, participants, run } = report
  const unit = unitOf(run.metric)
  const lines = useMemo(
    () => [
      ...linesOf('everybody', counts),
      ...participants.flatMap((one) => linesOf(one.participant, one.counts)),
    ],
    [counts, participants],
  )
  const columns: Column<Line>[] = [
    { id: 'who', title: 'Participant', value: ({ who }) => who },
    { id: 'fate', title: 'What became of them', value: ({ fate }) => FATES[fate] },
    { id: 'why', title: 'Reason', value: ({ why }) => why },
    {
      id: 'minutes',
      title: unit === 'min' ? 'Minutes' : 'Nights',
      numeric: true,
      value: ({ minutes }) => minutes,
      cell: ({ minutes }) => count(minutes),
    },
    {
      id: 'share',
      title: 'Share',
      numeric: true,
      value: ({ share }) => share,
      cell: ({ share }) => percent(share),
    },
  ]
  const { measured, filled, refused } = fates(counts)
  const missing = filled + refused
  const all = measured + missing || 1
  return (
    <FigurePanel
      title="Filled and refused"
      finding={
        missing === 0
          ? 'Nothing is missing.'
          : `${percent(filled / missing)} of what is missing was filled (${count(filled)} of ${count(missing)} ${unit}); the rest stays a gap, with its reason.`
      }
      rows={lines}
      rowKey={({ who, why }) => `${who} ${why}`}
      columns={columns}
      {...tabled}
    >
      <div className="shares" aria-hidden="true">
        <span className="measured" style={{ flexGrow: measured / all }} />
        <span className="dotted" style={{ flexGrow: filled / all }} />
        <span className="hatched" style={{ flexGrow: refused / all }} />
      </div>
      <ul className="swatches" aria-label="Shares">
        <Swatch name="worn" word={`measured ${percent(measured / all)}`} />
        <Swatch name="dotted" word={`filled ${percent(filled / all)}`} />
        <Swatch name="hatched" word={`refused ${percent(refused / all)}`} />
      </ul>
    </FigurePanel>
  )
}
