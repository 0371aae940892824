"""What is selected, as a form: parameters, ports, equation, help and problems, all generated from the spec."""
