import { NativeSelect } from '@mantine/core'
import type { Study } from '@/api/client'

interface Props {
  studies: Study[]
  value: string | undefined
  onChange: (code: string) => void
}

/** Which study the page is about, where there are several. */
export function StudySelect({ studies, value, onChange }: Props) {
  if (studies.length < 2) return null
  return (
    <NativeSelect
      label="Study"
      maw={{ sm: '26rem' }}
      value={value ?? ''}
      data={studies.map(({ code, title }) => ({ value: code, label: `${code}: ${title}` }))}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
