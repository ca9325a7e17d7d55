import { Button, Title } from '@mantine/core'
import { useId } from 'react'
import type { DeskLine } from '@/api/client'
import { civilText } from '@/components/time/zone'
import { ACTIONS } from '@/features/desk/words'
import { PersonLink } from './work-list'

interface Props {
  lines: readonly DeskLine[]
  study: string
  onBack?: ((line: DeskLine) => void) | undefined
}

/** Whom somebody has seen to, and until when they stay out of the way. */
export function SeenToList({ lines, study, onBack }: Props) {
  const heading = useId()
  if (lines.length === 0) return null
  return (
    <section className="panel work-list" aria-labelledby={heading}>
      <header>
        <Title order={2} id={heading}>
          Seen to <span className="counted">{lines.length}</span>
        </Title>
      </header>
      <ul>
        {lines.map(({ handled, ...line }) =>
          handled ? (
            <li key={line.code}>
              <div className="who-is">
                <PersonLink code={line.code} study={study} />
                <small>{ACTIONS[handled.action].word}</small>
              </div>
              <div className="why">
                <span>{handled.note || 'No note'}</span>
                <small>
                  {handled.by}, comes back on {civilText(Date.parse(handled.until_on), 'weekday')}
                </small>
              </div>
              <div className="row-actions">
                {onBack && (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    aria-label={`Back to the list: ${line.code}`}
                    onClick={() => onBack({ handled, ...line })}
                  >
                    Back to the list
                  </Button>
                )}
              </div>
            </li>
          ) : null,
        )}
      </ul>
    </section>
  )
}
