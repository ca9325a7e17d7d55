import type { DeskLine } from '@/api/client'
import { isDue } from '@/features/desk/words'

const WEEK_MS = 7 * 86_400_000

export interface View {
  id: string
  title: string
  holds: (line: DeskLine, now: number) => boolean
  /** What to sort by, unless the address says otherwise. */
  sort?: string
}

const ends = ({ last_day, status }: DeskLine, now: number) => {
  if (!last_day || status !== 'active') return false
  const left = Date.parse(last_day) + 86_400_000 - now
  return left >= 0 && left <= WEEK_MS
}

/** Views that every study has. */
export const VIEWS: readonly View[] = [
  { id: 'everybody', title: 'Everybody', holds: () => true },
  { id: 'call', title: 'Call today', holds: isDue, sort: 'action' },
  {
    id: 'sync',
    title: 'Sync at risk',
    holds: ({ sync_band }) => ['act', 'urgent', 'lost'].includes(sync_band ?? ''),
    sort: 'sync',
  },
  {
    id: 'reconnect',
    title: 'Reconnect',
    holds: ({ next_action }) => ['reconnect', 'complete_consent'].includes(next_action),
  },
  {
    id: 'never',
    title: 'Never started',
    holds: ({ status, synced_at }) => status === 'active' && synced_at === null,
  },
  { id: 'ending', title: 'Ending this week', holds: ends, sort: 'day' },
]

export const viewNamed = (id: string | undefined): View =>
  VIEWS.find((view) => view.id === id) ?? (VIEWS[0] as View)

export interface Filters {
  q?: string | undefined
  site?: string | undefined
  arm?: string | undefined
  band?: string | undefined
  reason?: string | undefined
}

/** The participants of a view that the filters leave. `members` are those of a cohort. */
export function filtered(
  lines: readonly DeskLine[],
  view: View,
  filters: Filters,
  members: ReadonlySet<string> | null,
  now: number,
): DeskLine[] {
  const sought = (filters.q ?? '').trim().toLowerCase()
  const { site, arm, band, reason } = filters
  return lines.filter(
    (line) =>
      view.holds(line, now) &&
      (!sought || `${line.code} ${line.timezone}`.toLowerCase().includes(sought)) &&
      (!site || line.site === site) &&
      (!arm || line.arm === arm) &&
      (!band || line.adherence['28d']?.band === band) &&
      (!reason || line.reason === reason) &&
      (!members || members.has(line.code)),
  )
}

const KEPT = 'wearhouse.roster.views'

/** A view of one's own: its name, and what the address says. */
export interface OwnView {
  name: string
  search: Record<string, string>
}

/** The views that this browser keeps. */
export function ownViews(): OwnView[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]')
    return Array.isArray(found) ? found : []
  } catch {
    return []
  }
}

export const keepViews = (views: readonly OwnView[]): void => {
  localStorage.setItem(KEPT, JSON.stringify(views))
}
