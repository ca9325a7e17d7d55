import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Desk } from '@/api/client'
import { BANDS, REASON_NAMES, REASONS } from '@/features/desk/words'
import { cohortsQuery } from './queries'
import type { Filters } from './views'

type Sought = Filters & { cohort?: string | undefined }

/** Values to choose one from, and none of them. */
function Choice({ label, value, data, onChange }: ChoiceProps) {
  if (data.length === 0) return null
  return (
    <NativeSelect
      label={label}
      value={value ?? ''}
      data={[{ value: '', label: 'All' }, ...data]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  )
}

interface ChoiceProps {
  label: string
  value: string | undefined
  data: { value: string; label: string }[]
  onChange: (value: string | undefined) => void
}

const named = (values: Iterable<string | null | undefined>) =>
  [...new Set(values)]
    .filter((value): value is string => Boolean(value))
    .sort()
    .map((value) => ({ value, label: value }))

interface Props {
  desk: Desk
  filters: Sought
  onChange: (changes: { [Key in keyof Sought]?: string | undefined }) => void
}

/** What narrows the roster down. */
export function FilterFields({ desk, filters, onChange }: Props) {
  const lines = desk.participants
  const cohorts = useQuery(cohortsQuery(desk.study))
  const [words, setWords] = useState(filters.q ?? '')
  const sites = useMemo(() => named(lines.map(({ site }) => site)), [lines])
  const narrow = useMediaQuery('(max-width: 48rem)')
  const [open, setOpen] = useState(false)
  const arms = useMemo(() => named(lines.map(({ arm }) => arm)), [lines])
  return (
    <>
      <TextInput
        label="Filter"
        placeholder="Code or time zone"
        type="search"
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value)
          onChange({ q: event.currentTarget.value || undefined })
        }}
      />
      {narrow && (
        <Button variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Fewer filters' : 'More filters'}
        </Button>
      )}
      {(!narrow || open) && (
        <>
          <Choice
            label="Site"
            value={filters.site}
            data={sites}
            onChange={(site) => onChange({ site })}
          />
          <Choice
            label="Arm"
            value={filters.arm}
            data={arms}
            onChange={(arm) => onChange({ arm })}
          />
          <Choice
            label="Cohort"
            value={filters.cohort}
            data={(cohorts.data ?? []).map(({ code, title }) => ({
              value: code,
              label: title || code,
            }))}
            onChange={(cohort) => onChange({ cohort })}
          />
          <Choice
            label="Adherence"
            value={filters.band}
            data={Object.entries(BANDS).map(([value, { word }]) => ({ value, label: word }))}
            onChange={(band) => onChange({ band })}
          />
          <Choice
            label="Reason"
            value={filters.reason}
            data={REASON_NAMES.map((value) => ({ value, label: REASONS[value].word }))}
            onChange={(reason) => onChange({ reason })}
          />
        </>
      )}
    </>
  )
}
