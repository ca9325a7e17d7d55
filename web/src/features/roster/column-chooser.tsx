import { Button, Checkbox, Group, Popover, Stack } from '@mantine/core'
import type { Column } from '@/components/data-table'

interface Props<Row> {
  columns: readonly Column<Row>[]
  shown: readonly string[]
  onShow: (ids: string[] | null) => void
}

/** Which columns stand in the table. */
export function ColumnChooser<Row>({ columns, shown, onShow }: Props<Row>) {
  const change = (id: string, yes: boolean) =>
    onShow(
      columns.map((each) => each.id).filter((each) => (each === id ? yes : shown.includes(each))),
    )
  return (
    <Popover position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="default">Columns</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns" className="columns">
        <Stack gap="xs">
          {columns.map(({ id, title, sticky }) => (
            <Checkbox
              key={id}
              label={title}
              checked={shown.includes(id)}
              disabled={sticky ?? false}
              onChange={(event) => change(id, event.currentTarget.checked)}
            />
          ))}
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => onShow(columns.map(({ id }) => id))}
            >
              All
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => onShow(null)}>
              The usual
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
