import './fleet.css'
import {
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { type Facets, type FleetMetric, keepRule, type Rule, type RuleBody } from './queries'
import { metricTitle } from './words'

interface Props {
  /** The rule to change; a new one without. */
  rule: Rule | null
  facets: Facets
  metrics: readonly FleetMetric[]
  onDone: () => void
  onClose: () => void
}

const KINDS = [
  { value: 'silent', label: 'devices that are silent' },
  { value: 'aggregate', label: 'a figure of the fleet' },
  { value: 'device', label: "each device's newest report" },
]

const STATISTICS = ['mean', 'min', 'max', 'percentile', 'count']

const NEW: RuleBody = {
  name: '',
  kind: 'silent',
  metric: '',
  statistic: 'mean',
  q: 0.5,
  hours: 24,
  above: null,
  below: null,
  project: '',
  cohort: '',
  version: '',
  hardware: '',
  start_delay_min: 0,
  resolve_delay_min: 0,
  emails: [],
  enabled: true,
}

/** A kept rule as it is sent: without what only the server says of it. */
export function bodyOf({
  number: _,
  wording: __,
  changed_by: ___,
  changed_at: ____,
  ...body
}: Rule): RuleBody {
  return body
}

const anyOf = (any: string, names: readonly string[], kept: string) => [
  { value: '', label: any },
  ...new Set([...names, kept].filter(Boolean)),
]

/** What a rule watches, when it speaks, and whom it tells. */
export function RuleDialog({ rule, facets, metrics, onDone, onClose }: Props) {
  const [wanted, setWanted] = useState<RuleBody>(rule ? bodyOf(rule) : NEW)
  const [emails, setEmails] = useState(wanted.emails.join(', '))
  const set = (changes: Partial<RuleBody>) => setWanted((now) => ({ ...now, ...changes }))
  const number = (name: 'hours' | 'start_delay_min' | 'resolve_delay_min' | 'q') => ({
    value: wanted[name],
    onChange: (value: string | number) =>
      typeof value === 'number' && set({ [name]: value } as Partial<RuleBody>),
  })
  const saving = useMutation({
    mutationFn: () =>
      keepRule(
        { ...wanted, emails: emails.split(/[\s,;]+/).filter(Boolean) },
        rule?.number ?? null,
      ),
    onSuccess: onDone,
  })
  const compares = wanted.kind !== 'silent'
  const side = wanted.below == null ? 'above' : 'below'
  const [threshold, setThreshold] = [
    wanted[side],
    (where: 'above' | 'below', value: number | null) =>
      set({ above: where === 'above' ? value : null, below: where === 'below' ? value : null }),
  ]
  return (
    <Dialog title={rule ? `Change ${rule.name}` : 'Add a rule'} wide onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate()
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Name"
            required
            data-autofocus
            value={wanted.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Group grow align="flex-end">
            <NativeSelect
              label="Watch"
              value={wanted.kind}
              data={KINDS}
              onChange={(event) => set({ kind: event.currentTarget.value as RuleBody['kind'] })}
            />
            <NumberInput
              label={compares ? 'Over the last hours' : 'Silent for hours'}
              min={0.1}
              {...number('hours')}
            />
          </Group>
          {compares && (
            <Group grow align="flex-end">
              <NativeSelect
                label="Metric"
                required
                value={wanted.metric}
                data={[
                  { value: '', label: 'choose one' },
                  ...metrics
                    .filter(({ kind }) => kind !== 'string')
                    .map((one) => ({ value: one.name, label: metricTitle(one) })),
                ]}
                onChange={(event) => set({ metric: event.currentTarget.value })}
              />
              {wanted.kind === 'aggregate' && (
                <NativeSelect
                  label="Figure"
                  value={wanted.statistic}
                  data={STATISTICS}
                  onChange={(event) =>
                    set({ statistic: event.currentTarget.value as RuleBody['statistic'] })
                  }
                />
              )}
              {wanted.kind === 'aggregate' && wanted.statistic === 'percentile' && (
                <NumberInput label="From 0 to 1" min={0} max={1} step={0.05} {...number('q')} />
              )}
            </Group>
          )}
          {compares && (
            <Group grow align="flex-end">
              <NativeSelect
                label="When it is"
                value={side}
                data={['above', 'below']}
                onChange={(event) =>
                  setThreshold(event.currentTarget.value as 'above' | 'below', threshold ?? 0)
                }
              />
              <NumberInput
                label="Threshold"
                required
                value={threshold ?? ''}
                onChange={(value) => setThreshold(side, typeof value === 'number' ? value : null)}
              />
            </Group>
          )}
          <div className="fields">
            <NativeSelect
              label="Project"
              value={wanted.project}
              data={anyOf('All projects', facets.projects, wanted.project)}
              onChange={(event) => set({ project: event.currentTarget.value })}
            />
            <NativeSelect
              label="Cohort"
              value={wanted.cohort}
              data={anyOf('All cohorts', facets.cohorts, wanted.cohort)}
              onChange={(event) => set({ cohort: event.currentTarget.value })}
            />
            <NativeSelect
              label="Version"
              value={wanted.version}
              data={anyOf('All versions', facets.versions, wanted.version)}
              onChange={(event) => set({ version: event.currentTarget.value })}
            />
            <NativeSelect
              label="Hardware"
              value={wanted.hardware}
              data={anyOf('All hardware', facets.hardwares, wanted.hardware)}
              onChange={(event) => set({ hardware: event.currentTarget.value })}
            />
          </div>
          <Group grow align="flex-end">
            <NumberInput label="Opens after minutes" min={0} {...number('start_delay_min')} />
            <NumberInput label="Resolved after minutes" min={0} {...number('resolve_delay_min')} />
          </Group>
          <Textarea
            label="Mail to"
            description="Addresses, with commas between them. Nobody is mailed without."
            autosize
            value={emails}
            onChange={(event) => setEmails(event.currentTarget.value)}
          />
          <Switch
            label="In force"
            checked={wanted.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
          {saving.error && <Trouble error={saving.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending}>
              {rule ? 'Save' : 'Add'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
