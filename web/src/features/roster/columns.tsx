import { Anchor, Button, Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { DeskLine } from '@/api/client'
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
  lossWords,
  REASON_NAMES,
  REASONS,
  STATUSES,
  SYNCS,
} from '@/features/desk/words'
import type { Written } from './csv'

type Told = Written<DeskLine>

const millis = (instant: string | null | undefined) => (instant ? Date.parse(instant) : null)

const hours = (minutes: number) => `${(minutes / 60).toFixed(1)} h`

const yesterday = ({ week }: DeskLine) => week.at(-1) ?? null

const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? null : Math.round(share * 100)

function adherence(id: string, title: string, span: string): Told {
  return {
    id,
    title,
    numeric: true,
    value: ({ adherence: of }) => of[span]?.adherence ?? null,
    text: ({ adherence: of }) => percent(of[span]?.adherence),
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
    text: dayWords,
    cell: dayWords,
  },
  {
    id: 'sync',
    title: 'Last sync',
    value: ({ synced_at }) => millis(synced_at),
    text: ({ synced_at }) => synced_at,
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
    text: (line) => batteryOf(line)?.word ?? null,
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
      return day && day.worn_minutes > 0 ? hours(day.worn_minutes) : '–'
    },
  },
  {
    id: 'week',
    title: 'Last 7 days',
    value: ({ week }) => week.reduce((sum, { worn_minutes }) => sum + worn_minutes, 0),
    text: ({ week }) =>
      week
        .map(({ worn_minutes, reason }) => (worn_minutes > 0 ? hours(worn_minutes) : reason))
        .join('; '),
    cell: ({ week }) => <WeekSpark week={week} />,
  },
  {
    id: 'valid',
    title: 'Valid days',
    numeric: true,
    value: ({ adherence: of }) => of.whole?.valid ?? null,
    text: ({ adherence: of }) => (of.whole ? `${of.whole.valid} of ${of.whole.expected}` : null),
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
    text: ({ nights_uploaded, nights_due }) => `${nights_uploaded} of ${nights_due}`,
    cell: ({ nights_uploaded, nights_due }) => `${nights_uploaded} / ${nights_due}`,
  },
  {
    id: 'permission',
    title: 'Permission',
    value: (line) => authorisation(line)?.word ?? null,
    cell: (line) => {
      const words = authorisation(line)
      return words ? <Mark {...words} /> : <span className="none-yet">files</span>
    },
  },
  {
    id: 'contact',
    title: 'Last contact',
    value: ({ contacted_at }) => millis(contacted_at),
    text: ({ contacted_at }) => contacted_at ?? null,
    cell: ({ contacted_at }) =>
      contacted_at ? <span title={timeHere(contacted_at)}>{dayHere(contacted_at)}</span> : '–',
  },
  {
    id: 'reason',
    title: 'Reason',
    value: ({ reason }) => (reason ? REASON_NAMES.indexOf(reason) : null),
    text: ({ reason }) => (reason ? REASONS[reason].word : null),
    cell: ({ reason }) => (reason ? <Mark {...REASONS[reason]} /> : '–'),
  },
  {
    id: 'action',
    title: 'Next action',
    value: ({ next_action }) => ACTION_NAMES.indexOf(next_action),
    text: ({ next_action, next_action_sentence }) =>
      next_action === 'nothing' ? '' : next_action_sentence,
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
export const USUAL: readonly string[] = [
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

const NARROW: readonly string[] = ['code', 'sync', 'week', 'action']

/** The usual columns; those beyond the most telling are left out where there is little room. */
export const usual = (all: readonly Told[]): Told[] =>
  all
    .filter(({ id }) => USUAL.includes(id))
    .map((column) => ({ ...column, wideOnly: !NARROW.includes(column.id) }))

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
  wideOnly: true,
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
