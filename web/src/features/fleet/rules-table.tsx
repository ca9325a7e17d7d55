import { Button } from '@mantine/core'
import { type Column, DataTable } from '@/components/data-table'
import { timeHere } from '@/components/time/words'
import type { Rule } from './queries'

interface Props {
  rules: Rule[]
  onChange?: ((rule: Rule) => void) | undefined
  onRemove?: ((rule: Rule) => void) | undefined
}

const minutes = (many: number) => (many === 0 ? 'at once' : `after ${many} min`)

const COLUMNS: Column<Rule>[] = [
  { id: 'name', title: 'Rule', value: ({ name }) => name },
  { id: 'wording', title: 'Watches', value: ({ wording }) => wording },
  {
    id: 'opens',
    title: 'Opens',
    value: (rule) => rule.start_delay_min,
    cell: (rule) => minutes(rule.start_delay_min),
  },
  {
    id: 'resolved',
    title: 'Resolved',
    value: (rule) => rule.resolve_delay_min,
    cell: (rule) => minutes(rule.resolve_delay_min),
  },
  { id: 'enabled', title: 'State', value: ({ enabled }) => (enabled ? 'in force' : 'off') },
  {
    id: 'emails',
    title: 'Mails',
    wideOnly: true,
    value: ({ emails }) => emails.join(', '),
    cell: ({ emails }) => emails.join(', ') || 'nobody',
  },
  {
    id: 'changed',
    title: 'Changed',
    wideOnly: true,
    value: ({ changed_at }) => changed_at,
    cell: ({ changed_by, changed_at }) => `${timeHere(changed_at)}, ${changed_by}`,
  },
]

/** The rules, in words. */
export function RulesTable({ rules, onChange, onRemove }: Props) {
  const columns: Column<Rule>[] =
    onChange && onRemove
      ? [
          ...COLUMNS,
          {
            id: 'actions',
            title: 'Actions',
            control: true,
            value: () => null,
            cell: (rule) => (
              <span className="row-actions">
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={`Change ${rule.name}`}
                  onClick={() => onChange(rule)}
                >
                  Change
                </Button>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  aria-label={`Remove ${rule.name}`}
                  onClick={() => onRemove(rule)}
                >
                  Remove
                </Button>
              </span>
            ),
          },
        ]
      : COLUMNS
  return (
    <DataTable
      caption="Alert rules"
      columns={columns}
      rows={rules}
      rowKey={({ number }) => String(number)}
      rowHeight={44}
    />
  )
}
