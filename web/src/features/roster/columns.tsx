import { Anchor, Button, Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { DeskLine } from '@/api/client'
import type { Column } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { ago, dayHere, timeHere } from '@/components/time/words'
import { WeekSpark } from '@/features/desk/week-spark'
import {
  ACTION_NAMES,
  ACTIONS,
  authorisation,
  BANDS,
  batteryOf,
  dayWords,
  grantRank,
  lossWords,
  REASON_NAMES,
  REASONS,
  STATUSES,
  SYNCS,
} from '@/features/desk/words'

type Told = Column<DeskLine>

const millis = (instant: string | null | undefined) => (instant ? Date.parse(instant) : null)

const hours = (minutes: number) => `${(minutes / 60).toFixed(1)} h`

/** Days without a worn minute of which that is known; of others there may have been some. */
const TOLD: ReadonlySet<string> = new Set(['valid', 'below_threshold', 'not_worn'])

const yesterday = ({ week }: DeskLine) => week.at(-1) ?? null

const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? null : Math.round(share * 100)

function adherence(id: string, title: string, span: string): Told {
  return {
    id,
    title,
    numeric: true,
    value: ({ adherence: of }) => of[span]?.adherence ?? null,
    cell: ({ adherence: of }) => {
      const counts = of[span]
      const words = counts?.band ? BANDS[counts.band] : undefined
      if (!counts || !words) return <span className="none-yet">–</span>
      const { valid, closed, pending, expected } = counts
      return (
        <Mark
          {...words}
          word={`${percent(counts.adherence)} %`}
          title={`${words.word}: ${valid} valid of ${closed} closed days; ${pending} pending, ${expected} expected`}
        >
          {valid}/{closed}
        </Mark>
      )
    },
  }
}

/** Every column of the roster, in the order in which they stand. */
export const columns = (study: string, now: number): Told[] => [
  {
    id: 'code',
    title: 'Participant',
    sticky: true,
    value: ({ code }) => code,
    cell: ({ code }) => (
      <Anchor
        fw={600}
        renderRoot={(props) => (
          <Link {...props} to="/participants/$code" params={{ code }} search={{ study }} />
        )}
      >
        {code}
      </Anchor>
    ),
  },
  { id: 'site', title: 'Site', value: ({ site }) => site },
  { id: 'arm', title: 'Arm', value: ({ arm }) => arm ?? null },
  {
    id: 'status',
    title: 'Status',
    value: ({ status }) => STATUSES[status].word,
    cell: ({ status }) => <Mark {...STATUSES[status]} />,
  },
  {
    id: 'day',
    title: 'Day',
    numeric: true,
    value: ({ study_day, study_days }) =>
      study_days && study_day !== null ? study_day / study_days : study_day,
    cell: (line) => dayWords(line),
  },
  {
    id: 'sync',
    title: 'Last sync',
    value: ({ synced_at }) => millis(synced_at),
    cell: (line) => {
      const { synced_at, sync_band } = line
      if (!synced_at) return <span className="none-yet">never</span>
      const when = ago(Date.parse(synced_at), now)
      const words = sync_band ? SYNCS[sync_band] : undefined
      if (!words) return <span className="none-yet">{when}</span>
      return (
        <div className="state">
          <Mark {...words} title={timeHere(synced_at)}>
            {when}
          </Mark>
          <small>{lossWords(line)}</small>
        </div>
      )
    },
  },
  {
    id: 'battery',
    title: 'Battery',
    value: ({ battery_percent }) => battery_percent,
    cell: (line) => {
      const words = batteryOf(line)
      return words ? <Mark {...words} /> : <span className="none-yet">–</span>
    },
  },
  {
    id: 'yesterday',
    title: 'Yesterday',
    numeric: true,
    value: (line) => yesterday(line)?.worn_minutes ?? null,
    cell: (line) => {
      const day = yesterday(line)
      const known = day && (day.worn_minutes > 0 || TOLD.has(day.reason))
      return known ? hours(day.worn_minutes) : '–'
    },
  },
  {
    id: 'week',
    title: 'Last 7 days',
    value: ({ week }) => week.reduce((sum, { worn_minutes }) => sum + worn_minutes, 0),
    cell: ({ week }) => <WeekSpark week={week} />,
  },
  {
    id: 'valid',
    title: 'Valid days',
    numeric: true,
    value: ({ adherence: of }) => of.whole?.valid ?? null,
    cell: ({ adherence: of }) => (of.whole ? `${of.whole.valid} / ${of.whole.expected}` : '–'),
  },
  adherence('week_share', 'Adherence 7 d', '7d'),
  adherence('month_share', 'Adherence 28 d', '28d'),
  adherence('whole_share', 'Adherence whole', 'whole'),
  {
    id: 'nights',
    title: 'Nights',
    numeric: true,
    value: ({ nights_uploaded, nights_due }) => (nights_due ? nights_uploaded / nights_due : null),
    cell: ({ nights_uploaded, nights_due }) => `${nights_uploaded} / ${nights_due}`,
  },
  {
    id: 'permission',
    title: 'Permission',
    value: grantRank,
    cell: (line) => {
      const words = authorisation(line)
      return words ? <Mark {...words} /> : <span className="none-yet">files</span>
    },
  },
  {
    id: 'contact',
    title: 'Last contact',
    value: ({ contacted_at }) => millis(contacted_at),
    cell: ({ contacted_at }) =>
      contacted_at ? <span title={timeHere(contacted_at)}>{dayHere(contacted_at)}</span> : '–',
  },
  {
    id: 'reason',
    title: 'Reason',
    value: ({ reason }) => (reason ? REASON_NAMES.indexOf(reason) : null),
    cell: ({ reason }) => (reason ? <Mark {...REASONS[reason]} /> : '–'),
  },
  {
    id: 'action',
    title: 'Next action',
    value: ({ next_action }) => ACTION_NAMES.indexOf(next_action),
    cell: ({ next_action, next_action_sentence, handled }) => (
      <div className="state">
        <Mark {...ACTIONS[next_action]} title={next_action_sentence} />
        {handled ? (
          <small>seen to by {handled.by}</small>
        ) : (
          next_action !== 'nothing' && (
            <small title={next_action_sentence}>{next_action_sentence}</small>
          )
        )}
      </div>
    ),
  },
]

/** What is shown unless the address says otherwise. */
const USUAL: readonly string[] = [
  'code',
  'site',
  'day',
  'sync',
  'battery',
  'yesterday',
  'week',
  'month_share',
  'reason',
  'action',
]

const NARROW: readonly string[] = ['code', 'action', 'sync', 'week']

/** The usual columns; where there is little room only the most telling, what is to be done first. */
export const usual = (all: readonly Told[], narrow: boolean): Told[] =>
  narrow
    ? NARROW.flatMap((name) => all.filter(({ id }) => id === name))
    : all.filter(({ id }) => USUAL.includes(id))

/** The box by which a row is chosen. */
export const choosing = (
  chosen: ReadonlySet<string>,
  onChoose: (code: string, yes: boolean) => void,
): Told => ({
  id: 'chosen',
  title: 'Choose',
  control: true,
  value: ({ code }) => (chosen.has(code) ? 1 : 0),
  cell: ({ code }) => (
    <Checkbox
      aria-label={`Choose ${code}`}
      checked={chosen.has(code)}
      onChange={(event) => onChoose(code, event.currentTarget.checked)}
    />
  ),
})

export const editing = (onEdit: (line: DeskLine) => void): Told => ({
  id: 'edit',
  title: 'Change',
  control: true,
  value: () => null,
  cell: (line) => (
    <Button
      size="compact-sm"
      variant="subtle"
      aria-label={`Change ${line.code}`}
      onClick={() => onEdit(line)}
    >
      Change
    </Button>
  ),
})
