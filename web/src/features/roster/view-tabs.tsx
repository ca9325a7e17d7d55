import { Button, Group, Popover, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { keepViews, type OwnView, ownViews, VIEWS } from './views'

interface Props {
  /** The view that is open, and how many each of the views that all studies have holds. */
  view: string
  counts: ReadonlyMap<string, number>
  /** What the address says now. */
  search: Record<string, string>
  onView: (id: string) => void
  onOwn: (search: Record<string, string>) => void
}

const same = (a: Record<string, string>, b: Record<string, string>) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())

/** Views to choose from, and keeping the one that is looked at under a name. */
export function ViewTabs({ view, counts, search, onView, onOwn }: Props) {
  const [own, setOwn] = useState(ownViews)
  const [name, setName] = useState('')
  const [open, setOpen] = useState(false)
  const keep = (views: OwnView[]) => {
    keepViews(views)
    setOwn(views)
  }
  const mine = own.find((each) => same(each.search, search))
  return (
    <nav className="views" aria-label="Views">
      {VIEWS.map(({ id, title }) => (
        <button
          type="button"
          key={id}
          aria-pressed={!mine && view === id}
          onClick={() => onView(id)}
        >
          {title} <span className="counted">{counts.get(id) ?? 0}</span>
        </button>
      ))}
      {own.map((each) => (
        <button
          type="button"
          key={each.name}
          aria-pressed={each === mine}
          onClick={() => onOwn(each.search)}
        >
          {each.name}
        </button>
      ))}
      <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus shadow="md">
        <Popover.Target>
          <Button variant="subtle" size="compact-sm" onClick={() => setOpen(!open)}>
            {mine ? 'Forget this view' : 'Keep this view'}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Keep this view">
          {mine ? (
            <Group gap="xs">
              <span>Forget “{mine.name}”?</span>
              <Button
                size="compact-sm"
                color="red"
                onClick={() => {
                  keep(own.filter((each) => each !== mine))
                  setOpen(false)
                }}
              >
                Forget
              </Button>
            </Group>
          ) : (
            <form
              onSubmit={(event) => {
                event.preventDefault()
                const others = own.filter((each) => each.name !== name.trim())
                keep([...others, { name: name.trim(), search }])
                setOpen(false)
                setName('')
              }}
            >
              <Stack gap="xs">
                <TextInput
                  label="Name of the view"
                  description="In this browser only."
                  required
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                />
                <Button type="submit" size="compact-sm" disabled={!name.trim()}>
                  Keep
                </Button>
              </Stack>
            </form>
          )}
        </Popover.Dropdown>
      </Popover>
    </nav>
  )
}
