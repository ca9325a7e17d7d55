import '@/components/panel.css'
import { Anchor, Button, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import type { DeskLine } from '@/api/client'
import { Mark } from '@/components/mark'
import { ago, timeHere } from '@/components/time/words'
import { dayWords, lossWords, people, SYNCS } from '@/features/desk/words'
import type { Counted } from './lists'

const AT_FIRST = 12

export interface Doing {
  /** What whoever is signed in may do; nothing without. */
  onWrite?: ((lines: DeskLine[]) => void) | undefined
  onInvite?: ((lines: DeskLine[]) => void) | undefined
  onSeenTo?: ((line: DeskLine) => void) | undefined
}

interface Props extends Doing {
  list: Counted
  study: string
  now: number
}

export function PersonLink({ code, study }: { code: string; study: string }) {
  return (
    <Anchor
      fw={600}
      renderRoot={(props) => (
        <Link {...props} to="/participants/$code" params={{ code }} search={{ study }} />
      )}
    >
      {code}
    </Anchor>
  )
}

const where = (line: DeskLine) => [line.site, dayWords(line, 'day ')].filter(Boolean).join(' · ')

function Silence({ line, now }: { line: DeskLine; now: number }) {
  const words = line.sync_band ? SYNCS[line.sync_band] : undefined
  if (!words || !line.synced_at) return <span>never synced</span>
  return (
    <Mark {...words} title={timeHere(line.synced_at)}>
      {[`synced ${ago(Date.parse(line.synced_at), now)}`, lossWords(line)]
        .filter(Boolean)
        .join(', ')}
    </Mark>
  )
}

function Person({
  line,
  list,
  study,
  now,
  onWrite,
  onInvite,
  onSeenTo,
}: Props & { line: DeskLine }) {
  const { code, contacted_at } = line
  const inviting = list.invites && onInvite
  return (
    <li>
      <div className="who-is">
        <PersonLink code={code} study={study} />
        <small>{where(line)}</small>
      </div>
      <div className="why">
        <span>{line.next_action_sentence}</span>
        <small>
          <Silence line={line} now={now} />
          {contacted_at && (
            <span title={timeHere(contacted_at)}>
              written to {ago(Date.parse(contacted_at), now)}
            </span>
          )}
        </small>
      </div>
      <div className="row-actions">
        {inviting && (
          <Button
            size="compact-sm"
            aria-label={`New link for ${code}`}
            onClick={() => onInvite([line])}
          >
            New link
          </Button>
        )}
        {onWrite && (
          <Button
            size="compact-sm"
            variant={inviting ? 'default' : 'filled'}
            aria-label={`Write to ${code}`}
            onClick={() => onWrite([line])}
          >
            Write
          </Button>
        )}
        {onSeenTo && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Seen to ${code}`}
            onClick={() => onSeenTo(line)}
          >
            Seen to
          </Button>
        )}
      </div>
    </li>
  )
}

/** Who needs the same thing, each with the reason in words. */
export function WorkList(props: Props) {
  const { list, onWrite, onInvite } = props
  const heading = useId()
  const [all, setAll] = useState(false)
  const shown = all ? list.lines : list.lines.slice(0, AT_FIRST)
  const many = list.lines.length
  return (
    <section className="panel work-list" id={list.id} aria-labelledby={heading}>
      <header>
        <div>
          <Title order={2} id={heading}>
            {list.title} <span className="counted">{many}</span>
          </Title>
          <p className="about">{list.about}</p>
        </div>
        {many > 1 && (
          <div className="panel-actions">
            {list.invites && onInvite && (
              <Button variant="default" onClick={() => onInvite(list.lines)}>
                New links for all {many}
              </Button>
            )}
            {onWrite && (
              <Button variant="default" onClick={() => onWrite(list.lines)}>
                Write to all {many}
              </Button>
            )}
          </div>
        )}
      </header>
      <ul>
        {shown.map((line) => (
          <Person key={line.code} line={line} {...props} />
        ))}
      </ul>
      {many > shown.length && (
        <Button variant="subtle" onClick={() => setAll(true)}>
          Show the other {people(many - shown.length)}
        </Button>
      )}
    </section>
  )
}
