import './choice.css'
import { Button } from '@mantine/core'

interface Props<Name extends string> {
  label: string
  value: Name
  options: readonly (readonly [Name, string])[]
  onChange: (name: Name) => void
}

/** One of a few, as buttons in a row. */
export function Choice<Name extends string>({ label, value, options, onChange }: Props<Name>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="choice" role="group" aria-label={label}>
      <Button.Group>
        {options.map(([name, word]) => (
          <Button
            key={name}
            size="compact-md"
            variant="default"
            aria-pressed={name === value}
            onClick={() => onChange(name)}
          >
            {word}
          </Button>
        ))}
      </Button.Group>
    </div>
  )
}
