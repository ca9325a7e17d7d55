import './panel.css'
import { Anchor, Badge, Button, Title } from '@mantine/core'
import { type ReactNode, type RefObject, useId } from 'react'

interface Props {
  title: string
  unit?: string | undefined
  badge?: string | null
  /** Where the value under the cursor is written, without drawing the panel anew. */
  readout: RefObject<HTMLOutputElement | null>
  csv?: string
  table?: boolean
  /** Shows or hides the same as a table; without it there is none. */
  onTable?: (shown: boolean) => void
  busy: boolean
  children: ReactNode
}

/** One chart with its heading, its level, and the same numbers as a table. */
export function Panel(props: Props) {
  const { title, unit, badge, readout, csv, table, onTable, busy, children } = props
  const heading = useId()
  return (
    <section className="panel" aria-labelledby={heading} aria-busy={busy}>
      <header>
        <Title order={2} id={heading}>
          {title} {unit && <span className="unit">{unit}</span>}
        </Title>
        {badge && (
          <Badge variant="light" color="gray" radius="sm" tt="none" fw={500}>
            {badge}
          </Badge>
        )}
        <output className="readout" ref={readout} aria-live="off" />
        <div className="panel-actions">
          {onTable && (
            <Button
              size="compact-sm"
              variant="subtle"
              aria-expanded={table ?? false}
              aria-label={`Table of ${title}`}
              onClick={() => onTable(!table)}
            >
              Table
            </Button>
          )}
          {csv && (
            <Anchor href={csv} download size="sm" aria-label={`Download ${title} as CSV`}>
              CSV
            </Anchor>
          )}
        </div>
      </header>
      {children}
    </section>
  )
}
