import type { Action, DeskLine } from '@/api/client'
import { isDue } from '@/features/desk/words'

export interface WorkList {
  id: string
  title: string
  /** What it takes, for those who are new to it. */
  about: string
  actions: readonly Action[]
  /** Whether a new link is what helps. */
  invites?: boolean
}

/** What there is to do, the most pressing first. */
export const LISTS: readonly WorkList[] = [
  {
    id: 'sync',
    title: 'Ask for a sync',
    about: 'Their device keeps a few days of detail. What it does not upload by then is lost.',
    actions: ['sync'],
  },
  {
    id: 'reconnect',
    title: 'Reconnect',
    about: 'Nothing, or not everything, comes in until they agree to a new invitation.',
    actions: ['reconnect', 'complete_consent'],
    invites: true,
  },
  {
    id: 'invite',
    title: 'Never started',
    about: 'Enrolled, and no permission yet.',
    actions: ['invite'],
    invites: true,
  },
  {
    id: 'charge',
    title: 'Charge the device',
    about: 'It stops recording soon.',
    actions: ['charge'],
  },
  {
    id: 'wear',
    title: 'Ask about wearing it',
    about: 'It syncs, and there are too few worn days or nights.',
    actions: ['wear', 'wear_at_night'],
  },
]

export interface Counted extends WorkList {
  lines: DeskLine[]
}

const silence = ({ loss_in_h }: DeskLine) => loss_in_h ?? Number.POSITIVE_INFINITY

/** The lists that hold somebody, those first whose data are at risk soonest. */
export function workLists(lines: readonly DeskLine[]): Counted[] {
  const due = lines.filter(isDue)
  return LISTS.map((list) => ({
    ...list,
    lines: due
      .filter(({ next_action }) => list.actions.includes(next_action))
      .sort((a, b) => silence(a) - silence(b) || a.code.localeCompare(b.code)),
  })).filter(({ lines: some }) => some.length > 0)
}

/** Whom somebody has seen to, of those who would be on a list. */
export const seenTo = (lines: readonly DeskLine[]): DeskLine[] =>
  lines.filter(({ handled }) => handled !== null)
