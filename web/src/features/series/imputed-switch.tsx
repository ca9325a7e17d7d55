import './imputed-switch.css'
import { Choice } from '@/components/choice'
import { IMPUTED_CHOICES, imputedOf } from './imputed'

interface Props {
  /** As it stands in the address; nothing leaves imputed values out. */
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** Whether imputed values are left out, shown with the measured ones, or shown alone. */
export function ImputedSwitch({ value, onChange }: Props) {
  return (
    <div className="imputed-switch">
      <span aria-hidden="true">Imputed</span>
      <Choice
        label="Imputed values"
        value={imputedOf(value)}
        options={IMPUTED_CHOICES}
        onChange={(name) => onChange(name === 'exclude' ? undefined : name)}
      />
    </div>
  )
}
