import { Group, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { armsQuery, sitesQuery } from './queries'

/** What is known of somebody's part in the study. */
export interface Part {
  timezone: string
  site: string
  arm: string
  starts_on: string
  ends_on: string
}

interface Props {
  study: string
  part: Part
  onChange: (changes: Partial<Part>) => void
}

const ZONES: readonly string[] = Intl.supportedValuesOf?.('timeZone') ?? []

/** Clock, site, arm where it may be known, and dates. */
export function PartFields({ study, part, onChange }: Props) {
  const sites = useQuery(sitesQuery(study))
  const arms = useQuery(armsQuery(study))
  const groups = (known: { code: string; title: string }[] | undefined) => [
    { value: '', label: 'None' },
    ...(known ?? []).map(({ code, title }) => ({
      value: code,
      label: title && title !== code ? `${code}: ${title}` : code,
    })),
  ]
  return (
    <>
      <TextInput
        label="Time zone"
        description="The clock at home, such as Europe/Berlin. Empty is the usual one."
        list="zones"
        autoComplete="off"
        spellCheck={false}
        value={part.timezone}
        onChange={(event) => onChange({ timezone: event.currentTarget.value })}
      />
      <datalist id="zones">
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <Group grow>
        {(sites.data?.length ?? 0) > 0 && (
          <NativeSelect
            label="Site"
            value={part.site}
            data={groups(sites.data)}
            onChange={(event) => onChange({ site: event.currentTarget.value })}
          />
        )}
        {(arms.data?.length ?? 0) > 0 && (
          <NativeSelect
            label="Arm"
            value={part.arm}
            data={groups(arms.data)}
            onChange={(event) => onChange({ arm: event.currentTarget.value })}
          />
        )}
      </Group>
      <Group grow>
        <TextInput
          label="First day"
          type="date"
          value={part.starts_on}
          onChange={(event) => onChange({ starts_on: event.currentTarget.value })}
        />
        <TextInput
          label="Last day"
          type="date"
          value={part.ends_on}
          onChange={(event) => onChange({ ends_on: event.currentTarget.value })}
        />
      </Group>
    </>
  )
}
